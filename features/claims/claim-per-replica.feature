@needs_dynamic_volumes
Feature: Each replica has a claim of its own
  The set creates one claim for each template and replica, named after the template, the set and the ordinal. The claim
  belongs to the replica, not to the pod.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Scenario: Each replica of a new set gets a claim and a volume of its own
    When StatefulSet "web" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "web" are ready
    And claims "www-web-0" and "www-web-1" are bound

  Scenario: The claim of a replica that was scaled away is kept
    Given StatefulSet "web" with 2 ready replicas
    When StatefulSet "web" is scaled to 1
    Then within 60 seconds pod "web-0" is the only pod of "web"
    And for 5 seconds claims "www-web-0" and "www-web-1" are bound
    And at no time since the scenario began did a replica of "web" lose its claim
