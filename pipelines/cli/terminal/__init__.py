"""What a person sees on the terminal, a module a kind of answer.

``console``: the console itself, progress, and making published texts safe to print. ``tables``: rows as a table or
file. ``refresh``, ``status``, ``codebook``, ``trace``, ``diff``, ``why``, ``alerts``, ``deliver``: the answers of the
commands of these names, ``try_declaration`` that of ``dvstats try``, ``programme_return`` that of ``dvstats add`` for a
return. ``json_output``: ``--json`` of all of them.

Not here: where the answers come from (``pipelines.published``, ``pipelines.refresh``). Called by
``pipelines.cli.commands`` and ``pipelines.cli.reading_commands``.
"""
