@upstream
Feature: The tenth replica comes after the ninth
  Names are sorted letter by letter, ordinals by number: "10" comes before "9" in a list of names, and after it in a
  set.

  Scenario: More than ten replicas start in the order of their ordinals
    Given StatefulSet "nginx-web" with 2 ready replicas and start ordinal 8
    When StatefulSet "nginx-web" is scaled to 4
    Then within 60 seconds all 4 replicas of "nginx-web" are ready
    And pods "nginx-web-10" and "nginx-web-11" were created in this order, each after the one before was ready
    And at no time since the scenario began did "nginx-web" start a replica out of order

  Scenario: More than ten replicas stop in the order of their ordinals
    Given StatefulSet "nginx-web" with 4 ready replicas and start ordinal 8
    When StatefulSet "nginx-web" is scaled to 1
    Then within 60 seconds pod "nginx-web-8" is the only pod of "nginx-web"
    And pods "nginx-web-11", "nginx-web-10" and "nginx-web-9" were deleted in this order, each after the one before was gone
    And at no time since the scenario began did "nginx-web" stop a replica out of order

  Scenario: More than ten replicas are updated in the order of their ordinals
    Given StatefulSet "nginx-web" with 3 ready replicas and start ordinal 8
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And at no time since the scenario began did "nginx-web" replace a replica out of order
    And pods "nginx-web-10", "nginx-web-9" and "nginx-web-8" were deleted in this order, each after the one before was gone

  @slow
  Scenario: A set of twelve replicas starts in the order of their ordinals
    When StatefulSet "nginx-web" is applied with 12 replicas
    Then within 180 seconds all 12 replicas of "nginx-web" are ready
    And pods "nginx-web-8", "nginx-web-9", "nginx-web-10" and "nginx-web-11" were created in this order, each after the one before was ready
    And at no time since the scenario began did "nginx-web" start a replica out of order
