"""The tables people read: which model does which task, and what models cost."""
