"""What an operator does: set up, connect, look, mend, keep safe. One module each, the command line is their shell."""
