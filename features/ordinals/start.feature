@upstream
Feature: The numbers of a set's replicas begin where it says
  Replicas move from one set to another, ordinal by ordinal, when the numbers of each begin and end where they are told
  to. A replica that has no number any more goes; its claim stays.

  Scenario: Replicas are numbered from the start that is given later
    Given stateful set "nginx-web" with 2 ready replicas
    When "nginx-web" numbers its replicas from 2
    Then within 60 seconds all 2 replicas of "nginx-web" are ready
    And within 1 second pods "nginx-web-2" and "nginx-web-3" are the only ones of "nginx-web"

  @needs_dynamic_volumes
  Scenario: A higher start moves the replicas up and keeps the claims of those that go
    Given stateful set "web" with 2 ready replicas, numbered from 2
    When "web" numbers its replicas from 4
    Then within 60 seconds pods "web-4" and "web-5" are the only ones of "web"
    And for 5 seconds claims "www-web-2" and "www-web-3" are bound to a volume each
    And at no time did a replica of "web" lose its claim

  Scenario: A lower start keeps the replicas that still have a number
    Given stateful set "nginx-web" with 2 ready replicas, numbered from 3
    When "nginx-web" numbers its replicas from 2
    Then within 60 seconds all 2 replicas of "nginx-web" are ready
    And within 1 second pods "nginx-web-2" and "nginx-web-3" are the only ones of "nginx-web"
    And pod "nginx-web-2" is the only one that was created

  Scenario: Without a start the numbers begin at zero
    Given stateful set "nginx-web" with 2 ready replicas, numbered from 3
    When "nginx-web" numbers its replicas from the beginning
    Then within 60 seconds all 2 replicas of "nginx-web" are ready
    And within 1 second pods "nginx-web-0" and "nginx-web-1" are the only ones of "nginx-web"
