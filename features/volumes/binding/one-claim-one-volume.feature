@upstream
Feature: Each volume is bound to one claim, and each claim to one volume
  There may be more claims than volumes that were created beforehand, or fewer. Each claim gets a volume of its own or
  stays pending; the remaining volumes stay available.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding

  Scenario: Of four claims two get the two volumes that there are
    Given volumes "small-1" and "small-2" are available
    When claims "a", "b", "c" and "d" are created
    Then within 5 seconds 2 of claims "a", "b", "c" and "d" and volumes "small-1" and "small-2" are bound to each other
    And for 3 seconds 2 of claims "a", "b", "c" and "d" and volumes "small-1" and "small-2" are bound to each other
    And at no time since the scenario began were two claims bound to one volume

  Scenario: Three claims get three volumes
    Given volumes "small-1", "small-2" and "small-3" are available
    When claims "a", "b" and "c" are created
    Then within 5 seconds 3 of claims "a", "b" and "c" and volumes "small-1", "small-2" and "small-3" are bound to each other
    And at no time since the scenario began were two claims bound to one volume

  Scenario: Of four volumes two are left when two claims have theirs
    Given volumes "small-1", "small-2", "small-3" and "large" are available
    When claims "a" and "b" are created
    Then within 5 seconds 2 of claims "a" and "b" and volumes "small-1", "small-2", "small-3" and "large" are bound to each other
    And for 3 seconds volume "large" is available
