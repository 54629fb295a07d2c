"""The whole path on real input: a timeline for people, JSON for programs, and a failure if anything is amiss."""
