@upstream
Feature: A StatefulSet owns exactly the pods that its selector matches
  People relabel pods to debug them, and tools remove owner references. A pod with the labels and the name of a replica
  is adopted again; one that no longer matches the selector is released and left alone.

  Background:
    Given StatefulSet "nginx-web" with 2 ready replicas

  Scenario: A pod without an owner reference is adopted as it is
    When the owner reference of pod "nginx-web-1" is removed
    Then within 10 seconds "nginx-web" adopts pod "nginx-web-1"
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time since the scenario began did "nginx-web" own other pods than those it selects for more than 5 seconds

  Scenario: A pod that loses the labels of its set is released
    When pod "nginx-web-1" loses the labels that its set selects
    Then within 10 seconds pod "nginx-web-1" has no controller
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time since the scenario began did "nginx-web" own other pods than those it selects for more than 5 seconds

  Scenario: A pod that regains the labels of its set is adopted again
    Given pod "nginx-web-1" has lost the labels that its set selects
    When pod "nginx-web-1" regains the labels that its set selects
    Then within 10 seconds "nginx-web" adopts pod "nginx-web-1"
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time since the scenario began did "nginx-web" own other pods than those it selects for more than 5 seconds
