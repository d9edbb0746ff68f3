"""Who writes: what is known of them, their consent, their files, erasure."""
