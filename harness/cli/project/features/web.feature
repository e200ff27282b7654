Feature: The web servers keep their order, their names and their pages
  A first feature, to be changed into yours. `statefulspec steps` lists the sentences; `statefulspec draft TARGET` writes
  a feature for manifests that are there already.

  Scenario: Replicas start one after another, and each has a name
    When StatefulSet "web" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "web" are ready
    And pods "web-0" and "web-1" were created in this order, each after the one before was ready
    And within 10 seconds name "web-1.web" resolves to pod "web-1" alone

  @needs_containers @needs_dynamic_volumes
  Scenario: A replica that is replaced finds its pages
    Given StatefulSet "web" with 2 ready replicas
    And each replica of "web" has written its own data
    When pod "web-1" is deleted
    Then within 60 seconds pod "web-1" is replaced
    And each replica of "web" reads its own data
