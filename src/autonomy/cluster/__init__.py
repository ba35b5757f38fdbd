"""Leaves on other machines: what travels, who works, what happens where a worker or a message is lost.

`wire` is what travels: an errand there, an answer back, as bytes. `base` carries the tree. `outpost` works on errands
in a worker's process, in a `station` per run. `roster` knows which workers are alive and have a free place. `remote`
runs a leaf's commands on them and gives up those that are lost. `connect` finds the workers by the address that a user
gives, `muster` has them ready for one run.

The client's journal is the truth. An errand carries a lease that is unique in its run and is sent to one process: an
answer that comes after the lease was given up is dropped, whatever it says.
"""
