global using Evergrant.Specs.Harness;
global using Evergrant.Tests;
global using Xunit;
