/* The widget's own words. They never stand for a text that is approved elsewhere. */

// prettier-ignore
const WORDS = {
  en: {
    launch: "Ask a question", title: "Questions and answers", close: "Close", restart: "Start over",
    restarted: "The conversation was erased.", person: "Talk to a person", label: "Your question",
    hint: "Type your question", send: "Send", log: "Conversation", you: "You asked:", wait: "Looking for the answer",
    slow: "This takes longer than usual. Please wait.", retry: "Try again", offline: "You seem to be offline.",
    down: "The service did not answer. Your message is kept here.", left: "This message was not answered yet.",
    busy: "Too many messages at once. Your message is kept here.", long: "This message is too long to send.",
    room: "# characters left", over: "This message is too long by # characters. Nothing was sent.",
    help: "If this is an emergency, call 911. If you think of ending your life, call or text 988.",
    line: "Care team:", ask: "You can ask:", next: "Related:", source: "Source:", approved: "Approved by",
    demo: "Demonstration text, not approved for patients. Sealed by", helped: "Did this help?", up: "Yes, this helped",
    down_: "No, this did not help", why: "What was wrong?", thanks: "Thank you. That is noted.",
    unkept: "That could not be saved. Please try again.", urgent: "Please read this first", call: "Call", text: "Text",
    read: "I have read this", on: "Read on", all: "Show all", less: "Show less", tab: "opens in a new tab",
    reasons: ["Not what I asked", "Hard to understand", "Not enough", "Looks wrong"],
  },
  es: {
    launch: "Haga una pregunta", title: "Preguntas y respuestas", close: "Cerrar", restart: "Empezar de nuevo",
    restarted: "Se borró la conversación.", person: "Hablar con una persona", label: "Su pregunta",
    hint: "Escriba su pregunta", send: "Enviar", log: "Conversación", you: "Usted preguntó:",
    wait: "Buscando la respuesta", slow: "Está tardando más de lo normal. Espere, por favor.",
    retry: "Intentar de nuevo", offline: "Parece que no hay conexión a internet.",
    down: "El servicio no respondió. Su mensaje sigue aquí.", left: "Este mensaje aún no tiene respuesta.",
    busy: "Demasiados mensajes a la vez. Su mensaje sigue aquí.", long: "Este mensaje es demasiado largo.",
    room: "Quedan # caracteres", over: "A este mensaje le sobran # caracteres. No se envió nada.",
    help: "Si es una emergencia, llame al 911. Si piensa en quitarse la vida, llame o envíe un mensaje al 988.",
    line: "Equipo médico:", ask: "Puede preguntar:", next: "Relacionado:", source: "Fuente:",
    approved: "Aprobado por", demo: "Texto de demostración, no aprobado para pacientes. Sellado por",
    helped: "¿Le sirvió?", up: "Sí, me sirvió", down_: "No, no me sirvió", why: "¿Qué falló?",
    thanks: "Gracias. Queda anotado.", unkept: "No se pudo guardar. Intente de nuevo.",
    urgent: "Lea esto primero", call: "Llamar al", text: "Mensaje al", read: "Ya lo leí", on: "Seguir leyendo",
    all: "Mostrar todo", less: "Mostrar menos", tab: "se abre en otra pestaña",
    reasons: ["No es lo que pregunté", "Difícil de entender", "Le falta información", "Parece incorrecto"],
  },
};
