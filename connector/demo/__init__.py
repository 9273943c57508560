"""The demo: a real LRS, a demo LMS and simulated people, started and stopped by one command."""
