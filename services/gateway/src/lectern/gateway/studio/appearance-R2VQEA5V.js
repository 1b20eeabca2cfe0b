import{c as p,e as a}from"/studio/chunk-OF57M2TR.js";a(p());
