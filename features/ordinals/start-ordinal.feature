@upstream
Feature: The ordinals of a set begin at its start ordinal
  Replicas move from one set to another, ordinal by ordinal, when the range of each set changes. A replica outside of
  the range is deleted; its claim stays.

  Scenario: Replicas take the start ordinal that is set later
    Given StatefulSet "nginx-web" with 2 ready replicas
    When StatefulSet "nginx-web" is updated to start ordinal 2
    Then within 60 seconds all 2 replicas of "nginx-web" are ready
    And within 1 second pods "nginx-web-2" and "nginx-web-3" are the only pods of "nginx-web"

  @needs_dynamic_volumes
  Scenario: A higher start ordinal moves replicas up and keeps the former claims
    Given StatefulSet "web" with 2 ready replicas and start ordinal 2
    When StatefulSet "web" is updated to start ordinal 4
    Then within 60 seconds pods "web-4" and "web-5" are the only pods of "web"
    And for 5 seconds claims "www-web-2" and "www-web-3" are bound
    And at no time since the scenario began did a replica of "web" lose its claim

  Scenario: A lower start ordinal keeps the replicas that are still in range
    Given StatefulSet "nginx-web" with 2 ready replicas and start ordinal 3
    When StatefulSet "nginx-web" is updated to start ordinal 2
    Then within 60 seconds all 2 replicas of "nginx-web" are ready
    And within 1 second pods "nginx-web-2" and "nginx-web-3" are the only pods of "nginx-web"
    And pod "nginx-web-2" is the only one that was created

  Scenario: Without a start ordinal the ordinals begin at zero
    Given StatefulSet "nginx-web" with 2 ready replicas and start ordinal 3
    When StatefulSet "nginx-web" is updated to no start ordinal
    Then within 60 seconds all 2 replicas of "nginx-web" are ready
    And within 1 second pods "nginx-web-0" and "nginx-web-1" are the only pods of "nginx-web"

  Scenario: Replicas that move up are there before the former ones go
    Given StatefulSet "nginx-web" with 3 ready replicas
    When StatefulSet "nginx-web" is updated to start ordinal 2
    Then for 10 seconds at least 3 pods of "nginx-web" are ready
    And within 60 seconds all 3 replicas of "nginx-web" are ready
