"""The payment slip: the línea de captura as a picture and as a page to print."""
