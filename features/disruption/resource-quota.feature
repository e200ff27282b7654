@upstream
Feature: A set that may not have all its pods reports those that it has
  The quota of a namespace may be too small. The set makes what it may, says so, and makes no more.

  Scenario: A set reports the pods that its quota allows
    Given resource quota "two-pods" exists
    When StatefulSet "nginx-web" is applied with 3 replicas
    Then within 60 seconds "nginx-web" reports 2 ready replicas
    And for 5 seconds "nginx-web" has 2 pods
