#!/bin/sh
# The agent's control program, where there is no agent: it only keeps what it was asked.
echo "$*" >>/var/log/cloudwatch-agent-asked.log
