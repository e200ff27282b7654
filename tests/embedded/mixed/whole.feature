Feature: A mixed run
  What it makes bears the names of what other people have on the cluster. Some of it passes, some is refused, one fails.

  Scenario: Volumes that their class keeps, and a hook
    When StatefulSet "keeping" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "keeping" are ready
    And for 1 second pod "clean-up" does not start

  Scenario: A custom resource of the whole cluster
    When StatefulSet "issuing" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "issuing" are ready

  Scenario: Something is written to the node
    Given claim "shared" is bound to volume "disk"
    And pod "writer" has written to its volume and been deleted
    When pod "reader" is created
    Then within 60 seconds pod "reader" is ready

  Scenario: What was written before is not found
    Given claim "shared" is bound to volume "disk"
    When pod "reader" is created
    Then within 60 seconds pod "reader" is ready
    And the volume of pod "reader" is empty

  @exclusive
  Scenario: The default class is taken from use
    Given no StorageClass is the default
    When StatefulSet "issuing" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "issuing" are ready

  Scenario: The end is not as expected
    When StatefulSet "keeping" is applied with 1 replica
    Then for 1 second "keeping" has 7 pods

  Scenario Outline: Refused
    When StatefulSet "<system>" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "<system>" are ready

    Examples:
      | system    |
      | flow      |
      | issuer    |
      | greedy    |
      | elsewhere |
