"""Tests of the record: how it is made, kept true, and stored."""
