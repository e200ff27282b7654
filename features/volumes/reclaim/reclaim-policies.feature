@upstream
Feature: The reclaim policy decides what happens to a volume without its claim
  Someone deletes a claim. A volume with Retain stays, with its data, and is bound to no other claim; one with Delete is
  deleted. The policy at that moment counts.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming

  Rule: Retain keeps the volume for its owner

    Scenario: A volume with reclaim policy Retain is released
      Given claim "first" is bound to volume "kept"
      When claim "first" is deleted
      Then within 5 seconds volume "kept" was available, bound and released
      And for 3 seconds volume "kept" is released

    Scenario: A released volume is bound to no other claim
      Given claim "first" is bound to volume "kept"
      And claim "first" has been deleted
      When claim "next" is created
      Then for 3 seconds claim "next" is not bound
      And within 5 seconds volume "kept" is released

  Rule: Delete deletes the volume with its claim

    Scenario: A volume with reclaim policy Delete is deleted with its claim
      Given claim "first" is bound to volume "lost"
      When claim "first" is deleted
      Then within 5 seconds volume "lost" is deleted

  Rule: The policy at the moment of the deletion counts

    Scenario: A volume whose reclaim policy becomes Retain stays
      Given claim "first" is bound to volume "lost"
      And volume "lost" has been given reclaim policy Retain
      When claim "first" is deleted
      Then for 3 seconds volume "lost" exists
      And within 5 seconds volume "lost" is released
