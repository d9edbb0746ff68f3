"""How each process is doing: health, readiness, figures for Prometheus. On an inner port."""
