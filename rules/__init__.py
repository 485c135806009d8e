"""The rule pack: YAML files, their JSON Schema and the framework vocabularies. Data only."""
