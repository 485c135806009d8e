"""Judging templates before they are deployed: every case and every place they could go to, merged into one scan."""
