"""The instructions that models are given, a Markdown file for each kind of question."""
