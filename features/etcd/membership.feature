@needs_containers @needs_dynamic_volumes @needs_servers
Feature: Members of etcd know each other by their stable names
  etcd stores the addresses of its members, as they were when the cluster formed, in the data of each member. The IP of
  a pod changes: only a name that stays, and that resolves before the member is ready, lets a cluster form and a member
  come back as itself.
  See https://etcd.io/docs/v3.6/op-guide/clustering/

  Scenario: A new cluster forms, though no member is ready before the others
    When StatefulSet "etcd" is applied with 3 replicas
    Then within 60 seconds all 3 replicas of "etcd" are ready
    And within 20 seconds the members of "etcd" are "etcd-0", "etcd-1" and "etcd-2"

  Scenario: A member whose pod was deleted comes back as the member that it was
    Given StatefulSet "etcd" with 3 ready replicas
    And the members of "etcd" are "etcd-0", "etcd-1" and "etcd-2"
    When pod "etcd-1" is deleted
    Then within 60 seconds pod "etcd-1" is replaced
    And within 20 seconds pod "etcd-1" is the same member as before
    And at no time since the scenario began did a replica of "etcd" lose its claim
