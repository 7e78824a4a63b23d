"""What is said in a chat, step by step: each step takes a Turn and returns a Reply.

Read in this order: operations, forms, cards, savings, receipts; welcome, joining, menu, statements, members,
offices, files, books, province; reminders, consents.
"""
