"""What connector fetches from and sends to others, and the one guard for outbound URLs (``urls``).

Nothing here runs inside a database transaction.
"""
