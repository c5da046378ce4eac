"""Unanswered questions in groups, and the proposals that curators make of them, checked and tried."""
