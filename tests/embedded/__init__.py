"""Tests on clusters that are really started."""
