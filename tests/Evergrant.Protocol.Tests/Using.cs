global using Evergrant.Tests;
global using Xunit;
