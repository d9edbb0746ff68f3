"""Tables, migrations, encryption: the one database in which all state lives."""
