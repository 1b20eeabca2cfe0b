import{a as p,c as a}from"/studio/chunk-6PMRTCMX.js";a(p());
