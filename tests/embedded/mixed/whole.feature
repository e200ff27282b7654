Feature: A mixed run
  What it makes bears the names of what other people have on the cluster. Some of it passes, some is refused, one fails.

  Scenario: Volumes that their class keeps, and a hook
    When stateful set "keeping" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "keeping" are ready
    And for 1 second pod "clean-up" does not start

  Scenario: A custom resource of the whole cluster
    When stateful set "issuing" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "issuing" are ready

  Scenario: Something is written to the node
    Given claim "shared" has got volume "disk"
    And pod "writer" has written into its volume, and is gone
    When pod "reader" is started
    Then within 60 seconds pod "reader" is ready

  Scenario: What was written before is not found
    Given claim "shared" has got volume "disk"
    When pod "reader" is started
    Then within 60 seconds pod "reader" is ready
    And pod "reader" finds its volume empty

  @exclusive
  Scenario: The default class is taken from use
    Given no storage class is the default
    When stateful set "issuing" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "issuing" are ready

  Scenario: The end is not as expected
    When stateful set "keeping" is applied with 1 replica
    Then for 1 second "keeping" has 7 pods

  Scenario Outline: Refused
    When stateful set "<system>" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "<system>" are ready

    Examples:
      | system    |
      | flow      |
      | issuer    |
      | greedy    |
      | elsewhere |
