"""
The engine of statefulspec: records what a stateful application does and judges its promises over it.

Belongs here: everything that would work without Gherkin. The vocabulary is `steps/`, the specifications are
`features/`. ARCHITECTURE.md draws the rooms; each package's first lines say what belongs in it.
"""
