using Evergrant.Fire.Keys;
using Xunit;

namespace Evergrant.Fire.Tests.Keys;

public sealed class KeyDrillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_token_verifies_against_every_key_set_while_keys_rotate_and_are_withdrawn() => await ShortRun.HeldAsync(new KeyRotationDrill(), 0.006, output);

    [Fact]
    public async Task Root_keys_rotate_under_load_and_a_retry_gives_the_same_successor() => await ShortRun.HeldAsync(new RootRotationDrill(), 0.03, output);
}
