"""The whole path on real input: a timeline for people, JSON for programs, false if anything is not so."""
