"""The rules of the programme: pure functions over dated figures. No I/O, no Rasa."""
