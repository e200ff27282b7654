Feature: A run that is killed
  It is killed while much of what it does is not as it was.

  @exclusive
  Scenario: Killed
    Given no StorageClass is the default
    And claim "shared" is bound to volume "disk"
    And pod "writer" has written to its volume and been deleted
    And pod "reader" is ready
    And StatefulSet "issuing" with 1 ready replica
    And the node of pod "reader" is cordoned
    When StatefulSet "issuing" is scaled to 2
    Then for 300 seconds "issuing" has 2 pods
