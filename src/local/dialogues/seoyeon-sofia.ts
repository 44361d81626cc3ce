import type { DialogueRoom } from "./script.ts";

export const seoyeonSofia: DialogueRoom = {
  key: "seoyeon-sofia",
  roomType: "DIRECT",
  people: ["sofia", "seoyeon"],
  lines: [
    ["sofia", "서연 씨 안녕하세요! 저는 소피아예요. 대학교에서 영화를 전공해요. 한국 영화를 정말 좋아해요 🎬"],
    ["seoyeon", "안녕하세요 소피아! 저도 대학생이에요. 저는 영어교육을 전공해요. 어떤 한국 영화를 제일 좋아해요?"],
    ["sofia", "음… 하나만 고르기 어려워요. 요즘은 옛날 영화를 많이 봐요. 1960년대 영화요!"],
    ["seoyeon", "진짜요? 저보다 훨씬 많이 아시네요 ㅋㅋ 한국 사람도 잘 안 보는데!", { reactions: { "😂": ["sofia"] } }],
    ["sofia", "자막이 없어서 반만 이해해요. 그래서 서연 씨가 필요해요!"],
    [
      "seoyeon",
      "Deal! I will be your subtitle, and you will be my grammar police.",
      { reactions: { "🤝": ["sofia"], "👮": ["sofia"] } },
    ],
    ["sofia", "Haha deal! So what's on your plate this week, subtitle?"],
    ["seoyeon", "On my plate? I ate bibimbap for lunch…"],
    [
      "sofia",
      '😂 "What\'s on your plate" means "what do you have to do". But bibimbap is a good answer too.',
      { back: 1, reactions: { "🙈": ["seoyeon"] } },
    ],
    ["seoyeon", "Ahh! Then: I have two essays and a presentation on my plate. I'm dying."],
    ["sofia", "What is the presentation about?"],
    [
      "seoyeon",
      "About how do children learn two languages in same time.",
      {
        better: {
          by: "sofia",
          text: "About how children learn two languages at the same time.",
          note: 'Inside another sentence a question keeps the normal order: how children learn. And it\'s "at the same time".',
        },
      },
    ],
    ["sofia", "That's literally my childhood! Spanish with my grandma, English everywhere else."],
    ["seoyeon", "Wow! Can I interview you for it? Five questions only.", { reactions: { "👍": ["sofia"] } }],
    ["sofia", "Of course! Fire away."],
    ["seoyeon", "First one: did you ever mix the languages when you were little?"],
    ["sofia", 'All the time. I told my teacher "I need to botar the paper" until I was seven. (botar = throw away)'],
    ["seoyeon", 'So cute 😭 한국에서는 이런 걸 "코드 스위칭"이라고 그냥 영어로 말해요.'],
    ["sofia", "Second question, please, professor."],
    ["seoyeon", "In which language do you dream?"],
    [
      "sofia",
      'Mostly English. But when my grandma is in the dream, Spanish. And last week someone said "안 돼!" to me in a dream. So… progress?',
      {
        reactions: { "🤯": ["seoyeon"], "👏": ["seoyeon"] },
      },
    ],
    [
      "seoyeon",
      "That must go to my presentation. Can I quote you?",
      {
        better: {
          by: "sofia",
          text: "That has to go into my presentation. Can I quote you?",
          note: '"go into" for something that becomes part of it.',
        },
      },
    ],
    ["sofia", 'Quote away! 그런데 "안 돼"하고 "안 되"는 어떻게 달라요? 항상 헷갈려요.'],
    [
      "seoyeon",
      '한국 사람도 매일 틀려요 ㅋㅋ 방법이 있어요. "하"나 "해"를 넣어 보세요. "해"가 맞으면 "돼", "하"가 맞으면 "되".',
    ],
    ["sofia", "안 해 → 안 돼. 안 하고 → 안 되고. 와, 천재예요!", { back: 1, reactions: { "🧠": ["seoyeon"] } }],
    ["seoyeon", "저 말고 우리 초등학교 선생님이 천재예요 😄"],
    ["sofia", "오늘 저녁에 김치찌개를 만들려고 해요. 김치는 샀어요. 그 다음에 뭐 해요?"],
    ["seoyeon", "먼저 돼지고기랑 김치를 같이 볶아요. 김치가 좀 투명해질 때까지요."],
    ["sofia", "볶다 = stir-fry, 투명하다 = transparent. 김치가 투명해요? 👻"],
    ["seoyeon", "ㅋㅋㅋ 완전 투명하지는 않고, 살짝! 그다음에 물을 넣고 15분 끓이면 돼요. 마지막에 두부!"],
    ["sofia", "끓이면 돼요! 돼요! 해요! 맞아요!", { reactions: { "🤣": ["seoyeon"], "💯": ["seoyeon"] } }],
    [
      "sofia",
      "저는 김치찌개를 만들었는데 너무 짜요. 물을 많이 넣었는데 아직 짜요.",
      {
        better: {
          by: "seoyeon",
          text: "김치찌개를 만들었는데 너무 짜요. 물을 많이 넣었는데도 아직 짜요.",
          note: '-는데도 = even though. 그리고 주어 "저는"은 여기서 빼는 게 자연스러워요.',
        },
      },
    ],
    ["seoyeon", "두부를 더 넣어 보세요! 아니면 설탕 조금."],
    ["sofia", "Sugar in a stew?!"],
    [
      "seoyeon",
      "Half a spoon only. My mother's secret. Please don't tell to anyone.",
      {
        better: {
          by: "sofia",
          text: "Only half a spoonful. It's my mother's secret. Please don't tell anyone.",
          note: 'tell somebody, without "to" (but: say to somebody).',
        },
      },
    ],
    [
      "sofia",
      "It worked! It's delicious! 서연 씨 어머니께 감사하다고 전해 주세요 🙇‍♀️",
      { reactions: { "❤️": ["seoyeon"] } },
    ],
    ["seoyeon", "엄마가 엄청 좋아하세요. 다음에는 밑반찬도 알려 주신대요!"],
    ["sofia", "알려 주신대요 = she says she will teach me? 대요 is for what other people say?"],
    ["seoyeon", 'Yes! "-ㄴ대요/-는대요" is reported speech. 다른 사람한테 들은 말을 전할 때 써요.'],
    ["sofia", "Then: 우리 할머니께서 서연 씨가 보고 싶대요. 아직 만난 적 없지만 😄"],
    ["seoyeon", "문법도 완벽하고 마음도 따뜻하네요. 할머니께 안부 전해 주세요!", { reactions: { "🥰": ["sofia"] } }],
    ["sofia", "How was the presentation?"],
    [
      "seoyeon",
      "I got an A! The professor said the dream part was the best.",
      { reactions: { "🎉": ["sofia"], "🏆": ["sofia"] } },
    ],
    ["sofia", "I'm framing this message."],
    ["seoyeon", "Framing? Like a picture? Or like in a crime movie? 😳"],
    [
      "sofia",
      "Like a picture! You watch too many thrillers, and I'm the film student.",
      { reactions: { "😂": ["seoyeon"] } },
    ],
    ["seoyeon", "ㅋㅋㅋ 그럼 이번 주말에 같이 영화 볼까요? 온라인으로 동시에 재생하고 채팅해요."],
    ["sofia", "너무 좋아요! 서연 씨가 고르세요. 무서운 것만 빼고요."],
    ["seoyeon", '"무서운 것만 빼고요" 이런 말 어디서 배웠어요? 진짜 자연스러워요.'],
    ["sofia", '피자 주문할 때요. "올리브만 빼고요." 🫒'],
  ],
};
