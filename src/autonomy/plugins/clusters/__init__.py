"""Clusters that leaves can run on."""
