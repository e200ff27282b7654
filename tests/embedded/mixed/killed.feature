Feature: A run that is killed
  It is killed while much of what it does is not as it was.

  @exclusive
  Scenario: Killed
    Given no storage class is the default
    And claim "shared" has got volume "disk"
    And pod "writer" has written into its volume, and is gone
    And pod "reader" has started
    And stateful set "issuing" with 1 ready replica
    And the node of pod "reader" takes no new pods
    When stateful set "issuing" is scaled to 2
    Then for 300 seconds "issuing" has 2 pods
