"""The sandbox: a service of its own that stands in for the institute's. Nothing in it is real.

It implements `bot/imss/openapi.yml` with made-up people and clinics and its own database. What is
its own idea and not the contract's: any well-formed CURP is known unless `made_up.yml` or a
behaviour says otherwise; a línea de captura can be paid up to day 20 of the month before the first
covered month, or, when issued after the 20th, up to the last day of that month; the clock and the
state of a line can be set (`control.py`).
"""
