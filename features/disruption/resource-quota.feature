@upstream
Feature: A set that exceeds its quota reports the pods that it has
  The resource quota of a namespace may be too small. The set creates as many pods as it may, reports them, and creates
  no more.

  Scenario: A set reports the pods that its quota allows
    Given resource quota "two-pods" exists
    When StatefulSet "nginx-web" is applied with 3 replicas
    Then within 60 seconds "nginx-web" reports 2 ready replicas
    And for 5 seconds "nginx-web" has 2 pods
