"""Tests of the clusters that need no cluster."""
