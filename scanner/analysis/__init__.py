"""Facts that follow from several resources, added to the estate for rules to judge."""
