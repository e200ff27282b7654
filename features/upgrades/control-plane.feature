@exclusive @needs_containers @needs_dynamic_volumes @needs_upgrades
Feature: An upgrade of the control plane replaces no pod
  API server, controller manager and scheduler are upgraded in place to the next minor release, on the store that they
  had. Nobody has asked for another version of an application: its pods, names, claims and data stay as they are.
  See https://kubernetes.io/releases/version-skew-policy/

  Rule: A set at rest stays at rest

    @upstream
    Scenario: No pod is replaced whose template has not changed
      Given StatefulSet "nginx-web" with 3 ready replicas
      When the control plane is upgraded to the next minor release
      Then for 15 seconds at least 3 pods of "nginx-web" are ready
      And at no time since the event did "nginx-web" replace a pod whose template had not changed

    Scenario: A canary stays alone
      Given StatefulSet "nginx-web" with 3 ready replicas of version "v1" and canary "v2" from ordinal 2
      When the control plane is upgraded to the next minor release
      Then for 15 seconds no pod of "nginx-web" is replaced
      And at no time since the scenario began did a rollout of "nginx-web" reach below its partition

    @upstream
    Scenario: A set that the new release scales gets the one replica that it lacks
      Given StatefulSet "nginx-web" with 2 ready replicas
      And the control plane has been upgraded to the next minor release
      When StatefulSet "nginx-web" is scaled to 3
      Then within 60 seconds all 3 replicas of "nginx-web" are ready
      And pod "nginx-web-2" is the only one that was created
      And at no time since the scenario began did "nginx-web" replace a pod whose template had not changed

  Rule: A rollout goes in order, whichever release began it

    Scenario: A rollout by the new release goes in order
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the control plane has been upgraded to the next minor release
      When version "v2" of "nginx-web" is rolled out
      Then within 90 seconds all 3 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" replace a replica out of order

    Scenario: A rollout that an upgrade interrupts goes on in order
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the rollout of version "v2" of "nginx-web" has reached pod "nginx-web-2"
      When the control plane is upgraded to the next minor release
      Then within 120 seconds all 3 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" replace a replica out of order

  Rule: Claims, data and clients are left alone

    @upstream
    Scenario: Each replica keeps its claim and its data
      Given StatefulSet "myapp" with 2 ready replicas
      And each replica of "myapp" has written its own data
      When the control plane is upgraded to the next minor release
      Then for 10 seconds claims "myappdata-myapp-0" and "myappdata-myapp-1" are bound
      And at no time since the scenario began did a replica of "myapp" lose its claim
      And each replica of "myapp" reads its own data

    Scenario: Names and answers stay
      Given StatefulSet "site" with 3 ready replicas
      And client "visitor" queries "site" continuously
      When the control plane is upgraded to the next minor release
      Then at no time since the event was "site" without an answer for more than 3 seconds
      And at no time since the event was a name of "site" wrong for more than 8 seconds

    Scenario: No acknowledged write is lost
      Given StatefulSet "notebook" with 3 ready replicas
      And client "writer" writes continuously
      When the control plane is upgraded to the next minor release
      Then within 30 seconds client "writer" has 5 writes in a row acknowledged
      And no acknowledged write of client "writer" is lost
      And at least 80 percent of the writes of client "writer" since the event were acknowledged
