"""The institute's services: the contract (OpenAPI), the client, and the sandbox that stands in."""
