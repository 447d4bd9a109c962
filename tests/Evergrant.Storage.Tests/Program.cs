using Evergrant.Storage.Tests;
using Evergrant.Storage.Tests.Sqlite;
using Xunit.MicrosoftTestingPlatform;

return ChildProcess.RunIfChild() is { } child
    ? await child
    : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
