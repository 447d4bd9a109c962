using System.Text;
using System.Text.Json;

namespace Evergrant.Jose.Tests;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData(""" {"a":[1,2,{"a":1}],"b":{"a":1}} """)]
    [InlineData("""{"a":"\ud83d\ude00 \\ud83d \n \u0041"}""")]
    public void A_plain_object_is_read(string text)
    {
        Assert.True(StrictJson.TryParseObject(Encoding.UTF8.GetBytes(text), out JsonDocument? document));
        document.Dispose();
    }

    [Theory]
    [Requirement("RFC7515-10.12-01", "RFC7515-4-01", "RFC7519-4-01")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"a\"")]
    [InlineData("null")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"a\":1")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1/**/}")]
    [InlineData("{\"a\":1}//")]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"b\":{\"a\":1,\"a\":2}}")]
    [InlineData("{\"a\":\"\n\"}")]
    [InlineData("{\"a\":\"\\x41\"}")]
    [InlineData("\uFEFF{}")]
    public void Anything_less_strict_is_refused(string text)
    {
        Assert.False(StrictJson.TryParseObject(Encoding.UTF8.GetBytes(text), out JsonDocument? document));
        Assert.Null(document);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00")]
    [InlineData("\\ud800x")]
    [InlineData("\\ud800\\n")]
    [InlineData("\\ud800\\ud800")]
    [InlineData("\\ud83d \\ude00")]
    [InlineData("\\ud83d\\\\ude00")]
    [InlineData("\\ud83d\\ude00\\uDFFF")]
    public void A_lone_surrogate_is_refused_in_values_and_names(string text)
    {
        Assert.False(StrictJson.TryParseObject(Encoding.UTF8.GetBytes($$"""{"a":"{{text}}"}"""), out _));
        Assert.False(StrictJson.TryParseObject(Encoding.UTF8.GetBytes($$"""{"{{text}}":1}"""), out _));
    }

    [Fact]
    [Requirement("RFC8725-3.7-01")]
    public void Only_UTF_8_is_read()
    {
        Assert.False(StrictJson.TryParseObject(Encoding.Unicode.GetBytes("{\"a\":1}"), out _));
        Assert.False(StrictJson.TryParseObject(Encoding.BigEndianUnicode.GetBytes("{\"a\":1}"), out _));
        Assert.False(StrictJson.TryParseObject(Encoding.UTF32.GetBytes("{\"a\":1}"), out _));
        byte[][] bad = [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80]];
        foreach (byte[] octets in bad)
            Assert.False(StrictJson.TryParseObject((byte[])[.. "{\"a\":\""u8, .. octets, .. "\"}"u8], out _));
    }

    [Fact]
    [Requirement("ATTACK-176")]
    public void Sixteen_levels_are_read_and_seventeen_are_not()
    {
        static byte[] Nested(int levels) => Encoding.UTF8.GetBytes("{\"a\":" + new string('[', levels - 1) + new string(']', levels - 1) + "}");

        Assert.True(StrictJson.TryParseObject(Nested(16), out JsonDocument? document));
        document.Dispose();
        Assert.False(StrictJson.TryParseObject(Nested(17), out _));
    }
}
