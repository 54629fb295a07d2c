"""The crons: declared in serverless.yml beside the functions, made at QStash after a deploy, and compared at any time.

declared.py     what there should be      ┐
                                          ├ differing.py   what is to be done   account.py does it
account.py      what QStash has           ┘
addresses.py    where the functions are
"""
