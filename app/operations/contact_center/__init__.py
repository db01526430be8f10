"""Operations on a contact centre: who there is, what was, what is now (contact-center.md §1).

What is imported and exported as files is in `app.operations.exchange`.
"""
