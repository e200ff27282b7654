@upstream
Feature: A set knows its pods by their labels and names
  People relabel pods to look into them, and tools strip what they should not. A pod that is the set's by name and labels
  comes back under its control; one that is so no more is left alone.

  Background:
    Given stateful set "nginx-web" with 2 ready replicas

  Scenario: A pod without an owner is adopted as it is
    When pod "nginx-web-1" loses its owner
    Then within 10 seconds "nginx-web" adopts pod "nginx-web-1"
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time did "nginx-web" mistake whose pods are its own for more than 5 seconds

  Scenario: A pod that loses the marks of its set is released
    When pod "nginx-web-1" loses the marks of its set
    Then within 10 seconds nothing controls pod "nginx-web-1"
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time did "nginx-web" mistake whose pods are its own for more than 5 seconds

  Scenario: A pod that gets the marks of its set back is adopted again
    Given pod "nginx-web-1" has lost the marks of its set
    When pod "nginx-web-1" gets the marks of its set back
    Then within 10 seconds "nginx-web" adopts pod "nginx-web-1"
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time did "nginx-web" mistake whose pods are its own for more than 5 seconds
