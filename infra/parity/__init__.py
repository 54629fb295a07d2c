"""What the repository says of its configuration in six places, compared: the same keys, for everybody who needs them.

shared/config.py          which variables there are, and which of them are secret
infra/stages/*.yml        a value for each, in every stage: the same but where it may differ     keys.py, values.py
.env.example              a line for each                                                        keys.py
docs/configuration.md     what each is for                                                       page.py
serverless.yml            which function is given which                                          given.py
functions/, shared/       which function loads which                                             needs.py
"""
